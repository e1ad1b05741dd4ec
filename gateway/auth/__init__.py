"""Who may use the platform: sessions, users, roles."""

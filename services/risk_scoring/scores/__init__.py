"""Published clinical scores, exactly as their sources print them: points with reasons, and what a total means."""

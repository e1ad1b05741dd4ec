"""How long a person waits: from the last byte of a study uploaded until its alert is visible to a listening browser."""

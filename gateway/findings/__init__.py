"""Results of finished work, with their images."""

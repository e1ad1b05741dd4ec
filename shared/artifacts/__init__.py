"""Volumes, masks, videos and reports, stored under the digest of their content."""

"""Between a PACS and the platform: head CTs that arrive there are analysed here, and the results go back."""

"""Reading a study: uploads in, one head-CT volume in Hounsfield units or a named refusal out."""

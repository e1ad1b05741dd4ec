"""The result as DICOM objects of the study itself: segmentation, structured report and secondary capture."""

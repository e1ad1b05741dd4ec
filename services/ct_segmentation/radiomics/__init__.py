"""Features of a lesion by pyradiomics' definitions (van Griethuysen et al., Cancer Res 2017;77:e104)."""

"""From frames at uneven times to spectra: grid, windows, trend, band and peak."""

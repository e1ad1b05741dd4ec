"""What every evaluate command of the platform shares: scores, calibration, intervals, the report; numpy alone, and
``estimate``, ``proportions`` and ``expansion_bands`` not even that.

Only ``plots`` needs more: matplotlib, which it asks for when it draws.
"""

"""What every evaluate command of the platform shares: scores, calibration, intervals, the report; numpy alone.

Only ``plots`` needs more: matplotlib, which it asks for when it draws.
"""

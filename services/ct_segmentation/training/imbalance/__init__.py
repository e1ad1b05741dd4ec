"""The paper's imbalance-aware module (section 2): losses, mining, oversampling and reweighting for rare labels.

The paper names the parts and leaves their formulas open; each module here gives the formula with its source.
"""

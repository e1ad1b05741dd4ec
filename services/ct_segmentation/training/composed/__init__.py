"""Composed scans: bleeds of real or generated shape laid into real bleed-free heads, with exactly known masks.

No open data set with types of bleeds could be had for this project, so that types are learnt on these scans. Every
figure measured on them is a figure on generated data and must say so.
"""

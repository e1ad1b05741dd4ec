"""Learning the models; the only rooms that know scikit-learn, imbalanced-learn and statsmodels."""

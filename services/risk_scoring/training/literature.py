"""What other cohorts found about expansion, as the centre that coefficients are shrunk towards.

Log odds per standard deviation of a feature. Sources, and how their figures were turned into that unit:

* Early growth: OR 1.08 per mL/h, quartiles 2.5 and 14.3 mL/h (PREDICT, n = 237; Rodriguez-Luna, abstract 31, external
  validation of uHG). Between quartiles 11.8 ln 1.08 = 0.91; quartiles of a normal are 1.35 SD apart: 0.67.
* Irregular shape: OR 2.01, heterogeneous density: OR 2.74 (Morotti 2020, 25 studies, n = 10,650). Halves of a normal
  have means 1.60 SD apart: ln 2.01 / 1.60 = 0.44 and ln 2.74 / 1.60 = 0.63. Density enters as variation (Barras 2013).
  Shape is shared out among elongation, flatness and sphericity, all of them low in an irregular clot: their sum has an
  SD of about 2.3 (correlations near 0.4), so each gets 0.44 / 2.3 = 0.19.
* Time to CT without a volume: BRAIN takes one point of 0.2144 per hour up to five; the first to the third quartile of
  patients, 1 to 4 h, are 3 points apart: 0.64 / 1.35 = 0.48.
* Drugs are not in the cohort. Diseases stand in for them: of atrial fibrillation half is taken to be anticoagulated
  (BRAIN: 6 points, 0.64 per patient, SD 0.22: 0.14); of earlier strokes a quarter to be haemorrhages (BRAIN: 4 points,
  0.21, SD 0.39: 0.08); of coronary disease half to take antiplatelets (OR 1.68, Al-Shahi Salman 2018, from memory;
  0.26, SD 0.29: 0.075). The shares are guesses.
"""

_DISEASES = {"atrial_fibrillation": 0.14, "prior_stroke": 0.08, "coronary_heart_disease": 0.075}

CLINICAL_EFFECTS = {"log_onset_to_ct_h": -0.48, **_DISEASES}
ADMISSION_EFFECTS = {
    "log_early_growth": 0.67,
    "elongation": -0.19,
    "flatness": -0.19,
    "sphericity": -0.19,
    "log_density_variation": 0.63,
    **_DISEASES,
}

"""The paper's cohort: patients, exams and radiomics read from a folder of tables that the user names."""

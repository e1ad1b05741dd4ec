"""The figures of an evaluation as pictures: what a person looks at before believing the numbers."""

"""Why a data set, or one study of it, is refused: one class per stable code.

What is wrong with a whole set (a table or a folder is missing, a column is absent, codes are unknown) is raised when
the set is opened. What is wrong with one study is raised when it is read, and counted by ``iterate``. The details name
files: they are public names of public sets.
"""

from services.ct_segmentation.training.phe_sich import DatasetError


class DatasetUnknownError(DatasetError):
    """No reader has this name."""

    code = "dataset_unknown"


class DatasetFileMissingError(DatasetError):
    """A table or folder that the layout promises is not there."""

    code = "dataset_file_missing"


class DatasetTableError(DatasetError):
    """A table cannot be parsed, lacks a column, or holds a value that its code book does not know."""

    code = "dataset_table_unreadable"


class DatasetLabelMapError(DatasetError):
    """Label volumes are coded in another way than the set publishes."""

    code = "dataset_label_map"


class StudyUnknownError(DatasetError):
    """The set holds no study of this name."""

    code = "study_unknown"


class ImageUnreadableError(DatasetError):
    """An image or label file cannot be read."""

    code = "image_unreadable"


class LabelsMismatchError(DatasetError):
    """Image and labels do not fit together: another shape, or rows for slices that the image does not have."""

    code = "labels_mismatch"


class SeriesUnusableError(DatasetError):
    """The images of a study make no volume, or none that shows a plain axial head."""

    code = "series_unusable"

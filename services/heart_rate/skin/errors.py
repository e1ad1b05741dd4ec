"""Why no skin can be read."""

from shared.errors import InputRefusedError


class NoColourError(InputRefusedError):
    """The face is grey: what tells a pulse from movement and light is missing."""

    code = "no_colour"

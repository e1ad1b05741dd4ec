"""Where the interface begins; a change that breaks clients gets a new number beside the old one."""

from typing import Final

API: Final = "/api/v1"

"""Where the interface begins; a change that breaks clients gets a new number beside the old one."""

from typing import Final

API: Final = "/api/v1"
# The base address of the FHIR interface; its errors are OperationOutcomes.
FHIR: Final = f"{API}/fhir"

"""Why a step between PACS and platform fails: what passes by itself is tried again, the rest is told to a person."""

from shared.errors import InputRefusedError, PlatformError, TemporarilyUnavailableError


class PacsNotConfiguredError(PlatformError):
    """There is no PACS to watch."""

    code = "pacs_not_configured"

    def __init__(self) -> None:
        super().__init__("DHN_PACS_URL is not set; give it the address of the Orthanc to watch.")


class PacsUnavailableError(TemporarilyUnavailableError):
    """The PACS does not answer, or answers with a fault of its own."""

    code = "pacs_unavailable"


class PacsSignInError(TemporarilyUnavailableError):
    """The PACS does not know the bridge; somebody has to set its password right."""

    code = "pacs_sign_in_failed"


class PacsAnswerError(TemporarilyUnavailableError):
    """The PACS answers with something else than was asked for, or breaks off."""

    code = "pacs_answer_broken"


class PacsGoneError(InputRefusedError):
    """What was there a moment ago was deleted from the PACS."""

    code = "gone_from_pacs"


class ResultNotStoredError(InputRefusedError):
    """The PACS refuses a DICOM result."""

    code = "result_not_stored"


class GatewayUnavailableError(TemporarilyUnavailableError):
    """The gateway does not answer, is too busy, or answers with a fault of its own."""

    code = "gateway_unavailable"


class GatewaySignInError(TemporarilyUnavailableError):
    """The gateway does not let the bridge in; somebody has to set its account right."""

    code = "gateway_sign_in_failed"


class GatewayRefusedError(InputRefusedError):
    """The gateway refuses a study or a patient; ``reason`` is its own code."""

    code = "gateway_refused"

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class PatientContradictsError(InputRefusedError):
    """The platform knows another person under this patient's number."""

    code = "patient_contradicts"

    def __init__(self) -> None:
        super().__init__(
            "A head CT came from the PACS under this patient's number, but with another birth date, and was not "
            "analysed; find out whose it is, correct the number or the birth date, and send it again."
        )

"""One pulse wave over the whole recording, from the windows' pulses."""

import numpy as np
from numpy.typing import NDArray

from services.heart_rate.pulse.fusion import WindowSpectra
from services.heart_rate.quality.peaks import snr_db
from services.heart_rate.signals.windows import overlap_added


def fused_wave(spectra: WindowSpectra, rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """The pulse (M,) of the whole face that beats at ``rate`` (W,): rises when blood flows in, standard deviation 1.

    Every method's pulse at unit variance, weighted by its own signal-to-noise ratio at the rate, then the windows
    overlapped and added. 0 where no face was seen.
    """
    pulses = spectra.pulses - spectra.pulses.mean(axis=-1, keepdims=True)
    spread = pulses.std(axis=-1, keepdims=True)
    unit = np.divide(pulses, spread, out=np.zeros_like(pulses), where=spread > 0)
    weight = 10 ** (snr_db(spectra.bpm, spectra.by_method, rate[:, None]) / 10)  # (W, M)
    # Blood absorbs light: the pulse rises when green falls.
    fused = -(unit * weight[..., None]).sum(axis=1) / weight.sum(axis=-1)[:, None]
    hop = round(spectra.hop_s * spectra.grid.rate_hz)
    wave = overlap_added(fused, hop, spectra.grid.length, spectra.usable.astype(np.float64))
    return np.asarray(wave / (wave.std() or 1.0))

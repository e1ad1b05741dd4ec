import numpy as np

from services.heart_rate.signals.spikes import spikes_held


def test_a_sine_is_left_alone_and_a_spike_held_at_twice_its_size() -> None:
    sine = np.sin(np.arange(300) / 5.0)
    np.testing.assert_array_equal(spikes_held(sine), sine)
    spiked = sine.copy()
    spiked[100] = 50.0
    held = spikes_held(spiked)
    assert 1.9 < held[100] < 2.1
    np.testing.assert_array_equal(np.delete(held, 100), np.delete(sine, 100))


def test_it_scales_with_its_signal() -> None:
    noise = np.random.default_rng(0).standard_normal((2, 100)) ** 3
    np.testing.assert_allclose(spikes_held(7 * noise), 7 * spikes_held(noise))

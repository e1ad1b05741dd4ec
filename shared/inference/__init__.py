"""Models as files: a manifest that is checked at load, and ONNX Runtime sessions opened with reasons."""

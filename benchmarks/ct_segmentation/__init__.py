"""The CT network: eight-bit against fp32 against torch eager, the memory of a worker, and what eight bits cost."""

"""What the parts say to each other: typed messages, states, and the names of queues and tasks."""

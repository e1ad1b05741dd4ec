"""What other systems are told of a finding, before it takes the form of any standard."""

"""Gates beside the suite: how much of the core the tests reach, and how many planted faults they notice."""

"""The operator's own plug-ins in the mastering chain, in a process that may die without the air noticing."""

"""The intelligence cycle: threat assessment, control strategy, tasking, outcomes, gaps, links, events."""

"""The competency model (outline 1.7): content, evidence, observations, levels, and the way from a gap to a lesson."""

"""The operational-risk register: risks with their controls, evidence, residual, incidents and the fraud library."""

"""The asset register: what stands in a branch, when it must be looked after, how reliable it is, what photos show."""

"""Pages of the playbooks."""

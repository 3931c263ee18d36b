"""Who may do what with the primitives: each applet's own module is imported here."""

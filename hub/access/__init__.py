"""Who may see what: sealing first; the catalogue, viewers and the audit build on it."""

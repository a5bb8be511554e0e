"""What people do about findings: conclusions and plans."""

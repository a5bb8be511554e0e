"""Who is who: which mentions mean the same person, how sure that is and why."""

"""The query page: own HTML, CSS and JavaScript, nothing from elsewhere."""

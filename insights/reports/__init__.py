"""Every measure, defined once: page, mail, export and API read these functions and no others."""

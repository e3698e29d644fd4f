"""Where the district, its streets, communities and grids lie: imported by the administrator, drawn and asked without any outside map."""

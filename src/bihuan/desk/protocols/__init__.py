"""Pages of the control protocols: the shelf, one edition, two side by side, and the signature that puts one in force."""

"""MEET: isolation sites on the desk: the register, one site's rooms, who moves, what is due."""

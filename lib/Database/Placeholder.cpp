namespace chameleon {}

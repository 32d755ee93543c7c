// The orbits need no script: all of their motion is in style.css.

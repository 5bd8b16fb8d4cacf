package terminal

// nearest returns the colour among the first n of the palette (8, 16 or 256)
// that looks most like c.
func nearest(c Color, n int) Color {
	i, ok := c.Palette()
	if c.IsDefault() || ok && int(i) < n {
		return c
	}
	r, g, b, rgb := c.RGB()
	if !rgb {
		r, g, b = paletteRGB(i)
	}
	if n >= 256 {
		return Palette(nearest256(r, g, b))
	}
	best, bestDist := uint8(0), 1<<30
	for j := range uint8(min(n, 16)) {
		pr, pg, pb := paletteRGB(j)
		if d := colorDistance(r, g, b, pr, pg, pb); d < bestDist {
			best, bestDist = j, d
		}
	}
	return Palette(best)
}

// nearest256 looks in the cube and the grey ramp; the first 16 entries are
// whatever the user chose.
func nearest256(r, g, b uint8) uint8 {
	ri, gi, bi := cubeIndex(r), cubeIndex(g), cubeIndex(b)
	cube := 16 + 36*ri + 6*gi + bi
	level := (int(r) + int(g) + int(b)) / 3
	grey := uint8(232 + min(max((level-3)/10, 0), 23))
	cr, cg, cb := paletteRGB(cube)
	gr, gg, gb := paletteRGB(grey)
	if colorDistance(r, g, b, gr, gg, gb) < colorDistance(r, g, b, cr, cg, cb) {
		return grey
	}
	return cube
}

// cubeLevels are the values of one component in xterm's 6x6x6 cube.
var cubeLevels = [6]uint8{0, 95, 135, 175, 215, 255}

func cubeIndex(v uint8) uint8 {
	switch {
	case v < 48:
		return 0
	case v < 115:
		return 1
	}
	return (v - 35) / 40
}

// ansiRGB are xterm's default colours 0 to 15.
var ansiRGB = [16][3]uint8{
	{0, 0, 0}, {205, 0, 0}, {0, 205, 0}, {205, 205, 0}, {0, 0, 238}, {205, 0, 205}, {0, 205, 205}, {229, 229, 229},
	{127, 127, 127}, {255, 0, 0}, {0, 255, 0}, {255, 255, 0}, {92, 92, 255}, {255, 0, 255}, {0, 255, 255}, {255, 255, 255},
}

// paletteRGB returns xterm's default for palette entry i.
func paletteRGB(i uint8) (r, g, b uint8) {
	switch {
	case i < 16:
		c := ansiRGB[i]
		return c[0], c[1], c[2]
	case i < 232:
		i -= 16
		return cubeLevels[i/36], cubeLevels[i/6%6], cubeLevels[i%6]
	}
	v := 8 + 10*(i-232)
	return v, v, v
}

// colorDistance weighs the components by how much the eye makes of them.
func colorDistance(r1, g1, b1, r2, g2, b2 uint8) int {
	dr, dg, db := int(r1)-int(r2), int(g1)-int(g2), int(b1)-int(b2)
	return 3*dr*dr + 4*dg*dg + 2*db*db
}

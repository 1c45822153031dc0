package themes

import (
	"fmt"
	"image/color"
	"math"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// vision is how somebody sees: what is left of a colour's light. The zero
// vision sees all of it. One without the cones for long, middle or short waves
// sees it as two planes of colours that meet in white (Brettel, Vienot, Mollon:
// Computerized simulation of color appearance for dichromats, 1997); the
// figures are those of libDaltonLens, for linear sRGB.
type vision struct {
	name         string
	plane        [3]float64 // which side of it a colour is on says which matrix holds
	above, below [9]float64
}

func visions() []vision {
	return []vision{
		{name: "normal"},
		{
			"protan",
			[3]float64{0.00048, 0.00416, -0.00464},
			[9]float64{0.14510, 1.20165, -0.34675, 0.10447, 0.85316, 0.04237, 0.00429, -0.00603, 1.00174},
			[9]float64{0.14115, 1.16782, -0.30897, 0.10495, 0.85730, 0.03776, 0.00431, -0.00586, 1.00155},
		},
		{
			"deutan",
			[3]float64{-0.00293, -0.00645, 0.00938},
			[9]float64{0.36198, 0.86755, -0.22953, 0.26099, 0.64512, 0.09389, -0.01975, 0.02686, 0.99289},
			[9]float64{0.37009, 0.88540, -0.25549, 0.25767, 0.63782, 0.10451, -0.01950, 0.02741, 0.99209},
		},
		{
			"tritan",
			[3]float64{0.03901, -0.02788, -0.01113},
			[9]float64{1.01277, 0.13548, -0.14826, -0.01243, 0.86812, 0.14431, 0.07589, 0.80500, 0.11911},
			[9]float64{0.93678, 0.18979, -0.12657, 0.06154, 0.81526, 0.12320, -0.37562, 1.12767, 0.24796},
		},
	}
}

func (v vision) sees(light [3]float64) [3]float64 {
	if v.plane == [3]float64{} {
		return light
	}
	m := v.below
	if v.plane[0]*light[0]+v.plane[1]*light[1]+v.plane[2]*light[2] >= 0 {
		m = v.above
	}
	var seen [3]float64
	for i := range seen {
		seen[i] = min(max(m[3*i]*light[0]+m[3*i+1]*light[1]+m[3*i+2]*light[2], 0), 1)
	}
	return seen
}

// apart is how far apart two colours look, from 0 to 100: black from white. It
// is the distance in OKLab, of which about 2 can just be told apart.
func (v vision) apart(a, b [3]uint8) float64 {
	x, y := v.lab(a), v.lab(b)
	return 100 * math.Sqrt((x[0]-y[0])*(x[0]-y[0])+(x[1]-y[1])*(x[1]-y[1])+(x[2]-y[2])*(x[2]-y[2]))
}

func (v vision) lab(c [3]uint8) [3]float64 {
	s := v.sees([3]float64{linear(c[0]), linear(c[1]), linear(c[2])})
	l := math.Cbrt(0.4122214708*s[0] + 0.5363325363*s[1] + 0.0514459929*s[2])
	m := math.Cbrt(0.2119034982*s[0] + 0.6806995451*s[1] + 0.1073969566*s[2])
	n := math.Cbrt(0.0883024619*s[0] + 0.2817188376*s[1] + 0.6299787005*s[2])
	return [3]float64{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*n,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*n,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*n,
	}
}

// rgb is a colour as a terminal shows it: as it is, or with the nearest of 256.
func rgb(t *testing.T, c Colour, of256 bool) [3]uint8 {
	t.Helper()
	v, ok := c.RGB()
	if !ok {
		t.Fatalf("%q is no colour of red, green and blue", c)
	}
	if of256 {
		r, g, b, _ := ansi.Convert256(color.RGBA{R: v[0], G: v[1], B: v[2], A: 0xff}).RGBA()
		v = [3]uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}
	}
	return v
}

// TestVisionsAreWhatTheyAreCalled: the colours that somebody is known to take
// for one another come together, and those that he can tell stay apart.
func TestVisionsAreWhatTheyAreCalled(t *testing.T) {
	normal, protan, deutan, tritan := visions()[0], visions()[1], visions()[2], visions()[3]
	var (
		red, green = [3]uint8{0xc0, 0x40, 0x30}, [3]uint8{0x70, 0x78, 0x28}
		blue, teal = [3]uint8{0x30, 0x60, 0xc0}, [3]uint8{0x00, 0x78, 0x78}
		white      = [3]uint8{0xff, 0xff, 0xff}
	)
	for _, v := range []vision{protan, deutan} {
		if n, d := normal.apart(red, green), v.apart(red, green); d > n*0.7 {
			t.Errorf("%s: red and green are %.1f apart, to others %.1f", v.name, d, n)
		}
		if n, d := normal.apart(red, blue), v.apart(red, blue); d < n*0.6 {
			t.Errorf("%s: red and blue are %.1f apart, to others %.1f", v.name, d, n)
		}
	}
	if n, d := normal.apart(blue, teal), tritan.apart(blue, teal); d > n*0.5 {
		t.Errorf("tritan: blue and teal are %.1f apart, to others %.1f", d, n)
	}
	for _, v := range visions() {
		if d := v.apart(white, [3]uint8{}); math.Abs(d-100) > 1 {
			t.Errorf("%s: black and white are %.1f apart, want 100", v.name, d)
		}
		if d := v.apart(white, white); d != 0 {
			t.Errorf("%s: white is %.1f from itself", v.name, d)
		}
	}
}

// TestStatesStayApart: all states may stand beside one another in a list. A
// terminal over SSH mostly has 256 colours, so that counts too.
func TestStatesStayApart(t *testing.T) {
	states := Roles()[len(Roles())-11:]
	loud, quiet := states[:3], states[8:]
	tests := []struct {
		theme    string
		visions  []vision
		all, far float64 // the least distance of any two states, and of a loud and a quiet one
	}{
		{"dark", visions()[:1], 3, 7},
		{"light", visions()[:1], 3, 7},
		{"high-contrast", visions()[:1], 6, 15},
		{"high-contrast-light", visions()[:1], 6, 12},
		{"colour-blind", visions(), 4.5, 6.5},
		{"colour-blind-light", visions(), 4.5, 6.5},
	}
	for _, tt := range tests {
		theme := load(t, tt.theme).Dark
		for _, v := range tt.visions {
			for _, of256 := range []bool{false, true} {
				check := func(left, right []Role, least float64) {
					for _, a := range left {
						for _, b := range right {
							d := v.apart(rgb(t, theme.Looks[a].Fore, of256), rgb(t, theme.Looks[b].Fore, of256))
							if a != b && d < least {
								t.Errorf("%s, %s vision, 256 colours %v: %s and %s are %.1f apart, want %.0f", tt.theme, v.name, of256, a, b, d, least)
							}
						}
					}
				}
				check(states, states, tt.all)
				check(loud, quiet, tt.far)
				check([]Role{Added}, []Role{Removed}, tt.far)
			}
		}
	}
}

// TestContrastHoldsWith256Colours: what a terminal without more colours makes of
// a built-in theme can be read as well.
func TestContrastHoldsWith256Colours(t *testing.T) {
	least := map[string]float64{"high-contrast": 7, "high-contrast-light": 7}
	for _, name := range Names() {
		theme := load(t, name).Dark
		if theme.Background == Default {
			continue
		}
		of256 := func(c Colour) Colour {
			v := rgb(t, c, true)
			return Colour(fmt.Sprintf("#%02x%02x%02x", v[0], v[1], v[2]))
		}
		for _, r := range Roles() {
			l := theme.Looks[r]
			grounds := []Colour{theme.Background}
			if theme.Selection != "" {
				grounds = append(grounds, of256(theme.Selection))
			}
			if l.Ground != "" {
				grounds = []Colour{of256(l.Ground)}
			}
			for _, g := range grounds {
				if got := Contrast(of256(l.Fore), g); got < max(least[name], MinContrast) {
					t.Errorf("%s: %s on %s has contrast %.2f with 256 colours", name, r, g, got)
				}
			}
		}
	}
}

// TestSelectionIsSeen with any colour vision: a grey that is dark enough for that
// would leave too little contrast on a light background.
func TestSelectionIsSeen(t *testing.T) {
	for _, name := range Names() {
		theme := load(t, name).Dark
		if theme.Background == Default || theme.Selection == "" {
			continue
		}
		for i, v := range visions() {
			least := 4.5
			if i == 0 { // what most people have
				least = 7
			}
			for _, of256 := range []bool{false, true} {
				d := v.apart(rgb(t, theme.Background, of256), rgb(t, theme.Selection, of256))
				if d < least {
					t.Errorf("%s, %s vision, 256 colours %v: the selection is %.1f from the background, want %.1f", name, v.name, of256, d, least)
				}
			}
		}
	}
}

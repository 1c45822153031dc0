// Package themes holds the colours of the dashboard as data: one JSON file for
// each theme, built in or in a directory of the user's.
//
// A theme gives every [Role] a colour. [Load] refuses one that leaves a role
// out, names one that does not exist, or whose colours cannot be read: the
// contrast of each against the theme's background, and against the background
// of the selected row, is at least 4.5 to 1, the limit of WCAG 2 AA.
//
// # Decisions
//
// A role says what a colour means, not what it looks like, and the states of
// objects are roles under their own words. So a theme for people who cannot
// tell red from green is one file, and no screen has to know of it.
//
// The background is not painted, apart from the selected row: terminals are
// often translucent or have an image, and painting every cell costs bytes on a
// slow line. It is in the file so that contrast can be computed.
package themes

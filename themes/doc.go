// Package themes holds the looks of the dashboard as data: one JSON file for
// each theme, built in or in a directory of the user's.
//
// A theme gives every [Role] a [Look]. [Load] finds one by its name; a [Shelf]
// keeps those of a session and reads them again when their files change; [List]
// is what a person may choose from. A file holds:
//
//	{
//	  "about": "one line for whoever chooses",
//	  "base": "dark",                built in; has whatever is left out here
//	  "light": "prod-light",         the theme to use instead on a light background
//	  "background": "#14171c",       what it is made for; "default" for any
//	  "selection": "#303030",        behind the selected row, or "reverse"
//	  "colours": {"place": "#ffffff on #af0000 bold"}
//	}
//
// # Promises
//
//   - The contrast of each text against the theme's background and the selected
//     row, or against what the role has behind it, is at least [MinContrast].
//   - [Load] says all that is wrong with a theme, on one line that names the
//     file. One that loads has a look for every role.
//   - A theme that was written for an earlier version loads: roles that came
//     later have one that stands in for them.
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
//
// A fabric's theme is for everybody who opens the dashboard, on terminals of
// either kind. So a theme names another one for light backgrounds, and each
// built-in theme has one; the names that end in -light are for those whose
// terminal does not say what it has.
//
// That colours stay apart for people who see fewer of them is computed in the
// tests of this package and not when a theme is loaded: what a person wrote for
// the own eyes is not to be refused for those of others. The colours of
// colour-blind and colour-blind-light are among the 256 that most terminals over
// SSH have, so that no rounding brings them together.
//
// The theme terminal uses the sixteen colours that people set in their terminal.
// What these are, and what is behind them, is not known here, so neither
// contrast nor distance can be computed. The tests ask for 3 to 1 with the
// palettes that common terminals come with; loud states also differ from quiet
// ones by bold; nothing is painted behind text, and the selected row is
// reversed. The dark one does without blue and bright black, the light one
// without green, cyan and yellow: some of these palettes hide them.
//
// A terminal with sixteen colours gets that theme whatever was chosen ([Theme.Sixteen]),
// for the nearest of sixteen unknown colours says nothing. What the chosen theme
// sets off by a colour behind it is reversed there, and so it is where there are
// no colours at all ([Theme.Plain]): a fabric that is to look different still
// does.
//
// Files are looked at once a second by time and size. A watcher of the kernel's
// would be a dependency that works otherwise on each system and not at all on
// many a home that is mounted from elsewhere; looking at ten files takes a few
// microseconds each.
//
// A file is read only if it is one, and no larger than a theme can be: the
// directory beside a shared configuration is written by others.
package themes

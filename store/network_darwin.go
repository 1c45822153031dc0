package store

import "syscall"

// networkFileSystem names the network file system that a folder is on; "" for
// a local one.
func networkFileSystem(dir string) (string, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return "", err
	}
	const local = 0x1000 // MNT_LOCAL
	if st.Flags&local != 0 {
		return "", nil
	}
	name := make([]byte, 0, len(st.Fstypename))
	for _, c := range st.Fstypename {
		if c == 0 {
			break
		}
		name = append(name, byte(c))
	}
	return string(name), nil
}

package cluster

import (
	"context"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// port is an address of 127.0.0.1 that stays ours while nobody listens on it.
type port struct {
	number int
	hold   int // a socket that is bound and never listens
}

// reserve takes a free port.
func reserve() (*port, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	number, err := bind(fd)
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("reserve a port: %w", err)
	}
	return &port{number: number, hold: fd}, nil
}

func bind(fd int) (int, error) {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return 0, os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, os.NewSyscallError("bind", err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return 0, os.NewSyscallError("getsockname", err)
	}
	return name.(*unix.SockaddrInet4).Port, nil
}

// listen returns a listener on the port.
func (p *port) listen(ctx context.Context) (net.Listener, error) {
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var err error
		if cerr := raw.Control(func(fd uintptr) {
			err = os.NewSyscallError("setsockopt", unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
		}); cerr != nil {
			return cerr
		}
		return err
	}}
	listener, err := config.Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", p.number))
	if err != nil {
		return nil, fmt.Errorf("listen on port %d: %w", p.number, err)
	}
	return listener, nil
}

// release gives the port back.
func (p *port) release() { unix.Close(p.hold) }

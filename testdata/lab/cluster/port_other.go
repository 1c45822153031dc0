//go:build !linux

package cluster

import (
	"context"
	"fmt"
	"net"
)

// port is an address of 127.0.0.1. Only Linux can hold one without listening;
// elsewhere another program may take it between two calls of listen.
type port struct{ number int }

// reserve takes a free port.
func reserve() (*port, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("reserve a port: %w", err)
	}
	defer listener.Close()
	return &port{number: listener.Addr().(*net.TCPAddr).Port}, nil
}

// listen returns a listener on the port.
func (p *port) listen(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", p.number))
	if err != nil {
		return nil, fmt.Errorf("listen on port %d: %w", p.number, err)
	}
	return listener, nil
}

// release gives the port back.
func (p *port) release() {}

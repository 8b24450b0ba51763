// own-netns runs a command in user, network, mount and process namespaces of its own, so that it needs no root, shares no
// port with the rest of the machine, and nothing of it outlives this program. It knows nothing of Kubernetes.
//
//	own-netns run ROUTE COMMAND…   run COMMAND inside; every address of ROUTE (a CIDR) is answered by the loopback, and
//	                               OWN_NETNS_ROUTE says so; OWN_NETNS_PID is this program's id, seen from outside, whose
//	                               child is a process to enter by
//	own-netns keep ROUTE COMMAND…  the same, but it outlives the process that started it
//	own-netns real COMMAND…        for root: run COMMAND in network, mount and process namespaces that keep the users of this
//	                               machine, since containers need them; OWN_NETNS_PID as above
//	own-netns tied COMMAND…        become COMMAND, which is killed when the process that started it dies
//	own-netns probe                exit 0 where this system allows such namespaces, else say why not
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/vishvananda/netlink"
)

// Exit code of this program's own failures, told apart from those of a command.
const failed = 125

// In place of a route: the loopback answers nothing but its own addresses.
const noRoute = "none"

func main() {
	if len(os.Args) < 2 {
		fail(errors.New("usage: own-netns run|keep ROUTE COMMAND… | real COMMAND… | tied COMMAND… | probe"))
	}
	switch verb, rest := os.Args[1], os.Args[2:]; {
	case verb == "run" && len(rest) >= 2:
		tie()
		os.Exit(outer(rest, ownUsers()))
	case verb == "keep" && len(rest) >= 2:
		os.Exit(outer(rest, ownUsers()))
	case verb == "real" && len(rest) >= 1:
		tie()
		os.Exit(outer(append([]string{noRoute}, rest...), &syscall.SysProcAttr{}))
	case verb == "first" && len(rest) >= 2:
		os.Exit(first(rest[0], rest[1:]))
	case verb == "tied" && len(rest) >= 1:
		tie()
		become(rest)
	case verb == "probe":
		os.Exit(outer([]string{"10.255.0.0/24", "/bin/true"}, ownUsers()))
	default:
		fail(fmt.Errorf("own-netns: %q with %d arguments is not understood", verb, len(rest)))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(failed)
}

// tie asks the kernel to kill this process when its parent dies; it stays in force over exec.
func tie() {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0); errno != 0 {
		fail(fmt.Errorf("own-netns: prctl: %w", errno))
	}
}

func become(command []string) {
	path, err := exec.LookPath(command[0])
	if err == nil {
		err = syscall.Exec(path, command, os.Environ())
	}
	fail(fmt.Errorf("own-netns: %s: %w", command[0], err))
}

// ownUsers are the users of a namespace that nobody needs to be root for: one, who is root inside.
func ownUsers() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

// outer starts the first process of the new namespaces, which the kernel kills with this one, and all others with it.
func outer(args []string, users *syscall.SysProcAttr) int {
	// The kernel watches the thread that starts a child, not the process: it must not go away.
	runtime.LockOSThread()
	self := exec.Command("/proc/self/exe", append([]string{"first"}, args...)...)
	self.Stdin, self.Stdout, self.Stderr = os.Stdin, os.Stdout, os.Stderr
	self.Env = append(os.Environ(), fmt.Sprintf("OWN_NETNS_PID=%d", os.Getpid()))
	if args[0] != noRoute {
		self.Env = append(self.Env, "OWN_NETNS_ROUTE="+args[0])
	}
	self.SysProcAttr = users
	self.SysProcAttr.Cloneflags |= syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWNS
	self.SysProcAttr.Pdeathsig = syscall.SIGKILL
	signals := listen()
	if err := self.Start(); err != nil {
		fail(fmt.Errorf("own-netns: this system allows no namespaces here: %w", err))
	}
	go forward(signals, self.Process.Pid)
	_ = self.Wait()
	return exitCode(self.ProcessState.Sys().(syscall.WaitStatus))
}

// first is process 1 of the namespaces: it sets up /proc and the loopback, starts the command and reaps what is orphaned.
func first(route string, command []string) int {
	if err := errors.Join(mountProc(), loopback(route)); err != nil {
		fail(fmt.Errorf("own-netns: the new namespaces can't be set up: %w", err))
	}
	path, err := exec.LookPath(command[0])
	if err != nil {
		fail(fmt.Errorf("own-netns: %w", err))
	}
	signals := listen()
	child, err := syscall.ForkExec(path, command, &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}})
	if err != nil {
		fail(fmt.Errorf("own-netns: %s: %w", path, err))
	}
	go forward(signals, child)
	for {
		var status syscall.WaitStatus
		switch pid, err := syscall.Wait4(-1, &status, 0, nil); {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			fail(fmt.Errorf("own-netns: wait: %w", err))
		case pid == child:
			return exitCode(status)
		}
	}
}

func mountProc() error {
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("mounts of its own: %w", err)
	}
	if err := syscall.Mount("proc", "/proc", "proc", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount of /proc: %w", err)
	}
	return nil
}

func loopback(route string) error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("loopback up: %w", err)
	}
	if route == noRoute {
		return nil
	}
	destination, err := netlink.ParseIPNet(route)
	if err != nil {
		return fmt.Errorf("route %q is not a CIDR such as 10.5.0.0/16: %w", route, err)
	}
	local := netlink.Route{
		LinkIndex: lo.Attrs().Index, Dst: destination,
		Type: syscall.RTN_LOCAL, Table: syscall.RT_TABLE_LOCAL, Scope: netlink.SCOPE_HOST,
	}
	if err := netlink.RouteAdd(&local); err != nil {
		return fmt.Errorf("route %s: %w", route, err)
	}
	return nil
}

func listen() chan os.Signal {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)
	return signals
}

func forward(signals chan os.Signal, pid int) {
	for received := range signals {
		_ = syscall.Kill(pid, received.(syscall.Signal))
	}
}

func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

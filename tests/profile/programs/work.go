// What a Go program may do: goroutines, sockets, HTTP, files, a command, raw system calls.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") })
	go http.Serve(listener, nil)
	response, err := http.Get("http://" + listener.Addr().String() + "/")
	if err != nil {
		panic(err)
	}
	body, _ := io.ReadAll(response.Body)
	fmt.Print(string(body))
	file, err := os.CreateTemp("", "syscallset-profile")
	if err != nil {
		panic(err)
	}
	file.Write(body)
	file.Close()
	os.Remove(file.Name())
	exec.Command("true").Run()
	syscall.Getpriority(0, 0)
	syscall.RawSyscall(syscall.SYS_GETPGID, 0, 0, 0)
}
